"""What orders buy: how an offer id names a product of ours.

Source: partner-center facts, sections 5.3 and 5.4: `product:sku:availability`. Licenses have no
catalogue here, so any other id is that of a license.
"""

from customers.codes import chosen, identity
from customers.models import Product, ProductType, ReservationProduct, Subscription

AZURE_PLAN = "DZH318Z0BPS6:0001"
AZURE_GLOBAL = "MS-AZR-0145P"
OFFERS = {Product.AZURE_PLAN: AZURE_PLAN, Product.AZURE_GLOBAL: AZURE_GLOBAL}


def offer_id_of(subscription: Subscription) -> str:
    """As it was ordered, else the offer of its product; of an unnamed license, its name."""
    known = OFFERS.get(Product(subscription.product), subscription.offer_name)
    return subscription.offer_id or known


def sku_id_of(subscription: Subscription) -> str:
    """The SKU in its offer id, `product:sku:availability`; an offer id that has none, whole."""
    offer_id = offer_id_of(subscription)
    return (offer_id.split(":")[1:2] or [offer_id])[0]


def product_of(offer_id: str) -> Product:
    """Which kind of subscription the offer is."""
    wanted = offer_id.upper()
    if wanted == AZURE_PLAN or wanted.startswith(f"{AZURE_PLAN}:"):
        return Product.AZURE_PLAN
    return Product.AZURE_GLOBAL if wanted == AZURE_GLOBAL else Product.LICENSE


def reservation_offer_id(product: ReservationProduct) -> str:
    """`{product type}:{SKU}:{region}` without blanks; term and currency make it one product."""
    return "".join(f"{product.product_type}:{product.sku}:{product.region}".split())


def is_reservation(offer_id: str) -> bool:
    return chosen(offer_id.partition(":")[0], ProductType.values) in ProductType.values


def reservation_product(offer_id: str, *, term: str, currency: str) -> ReservationProduct | None:
    """The product of our catalogue, however its names are spelled; None where there is none."""
    parts = offer_id.split(":")
    if len(parts) != 3:
        return None
    kind, sku, region = parts
    return ReservationProduct.objects.filter(
        product_type=chosen(kind, ProductType.values),
        sku_key=identity(sku),
        region_key=identity(region),
        term=term,
        currency=currency,
    ).first()

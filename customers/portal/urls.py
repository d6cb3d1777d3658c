from django.urls import path

from customers.portal.views import buying, home, reservations, sign_in

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("sign-out-everywhere/", sign_in.sign_out_everywhere, name="sign_out_everywhere"),
    path("reservations/<uuid:reservation_id>/", reservations.reservation, name="reservation"),
    path("buy/", buying.buy, name="buy"),
    path("buy/<int:product_id>/", buying.choices, name="choices"),
    path("buy/<int:product_id>/review/", buying.review, name="review"),
    path("about-reservations/", reservations.about, name="about_reservations"),
]

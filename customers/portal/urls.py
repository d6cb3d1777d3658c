from django.urls import path

from customers.portal.views import home, reservations, sign_in

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("reservations/<uuid:reservation_id>/", reservations.reservation, name="reservation"),
    path("about-reservations/", reservations.about, name="about_reservations"),
]

from django.urls import path

from activitylog import views

app_name = "activitylog"
urlpatterns = [
    path("", views.activity_log, name="activity_log"),
    path("export/", views.export, name="export"),
    path("<int:number>/", views.record, name="record"),
]

"""With slashes, as Japanese programs write dates."""

DATE_FORMAT = "Y/m/d"
DATETIME_FORMAT = "Y/m/d H:i:s"

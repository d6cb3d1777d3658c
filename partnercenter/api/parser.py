"""How django-ninja reads calls here."""

from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from partnercenter.api.body import read_json
from partnercenter.api.query import parameters_of


class StrictParser(Parser):
    """Bodies are JSON in UTF-8; names in the address count whatever their case."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body)

    def parse_querydict(
        self,
        data: "MultiValueDict[str, Any]",
        list_fields: list[str],
        request: HttpRequest,
    ) -> Any:
        """`entity_Id` and `entity_id` alike. Raises Fault (400) for a name that is there twice."""
        return parameters_of(request)

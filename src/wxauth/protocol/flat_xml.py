"""Reads the one form of XML that WeChat sends: an element ``xml`` with text elements in it.

A few pushes hold an element with elements in it (``info`` of ``notify_third_fasteregister``). It is no text: it reads
as empty, and what stands in it as nothing.

https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Register_Mini_Programs/Fast_Registration_Interface_document.html

Document types and entities are refused where they begin, so nothing can expand or be fetched from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn
from xml.parsers import expat

MOST_FIELDS = 64


def read_flat_xml(text: bytes) -> Mapping[str, str]:
    """The texts by the names of their elements.

    Raises:
        ValueError: it is not XML of that form; the sentence says why and quotes nothing.
    """
    reading = _Reading()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError:
        raise ValueError("it is not XML") from None
    return reading.fields


def _refuse(*_: object) -> NoReturn:
    raise ValueError("it declares a document type")


class _Reading:
    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._path: list[str] = []
        self._holds_elements = False

    def start(self, name: str, _: Mapping[str, str]) -> None:
        self._path.append(name)
        if self._path[0] != "xml":
            raise ValueError("it is not a list of texts in an element xml")
        if len(self._path) == 2:
            if name in self.fields or len(self.fields) == MOST_FIELDS:
                raise ValueError("an element stands in it twice, or there are too many")
            self.fields[name] = ""
            self._holds_elements = False
        elif len(self._path) > 2:
            self.fields[self._path[1]] = ""
            self._holds_elements = True

    def end(self, _: str) -> None:
        self._path.pop()

    def text(self, text: str) -> None:
        if len(self._path) == 2 and not self._holds_elements:
            self.fields[self._path[1]] += text

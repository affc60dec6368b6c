"""The one form of XML: texts by name, and nothing that could expand or hide another."""

import pytest

from wxauth.protocol.flat_xml import read_flat_xml


def test_texts_come_in_pieces_and_with_chinese() -> None:
    text = "<xml><A>一<![CDATA[<二>]]>&lt;三&#22235;</A><B/></xml>".encode()
    assert read_flat_xml(text) == {"A": "一<二><三四", "B": ""}


def test_what_holds_elements_is_no_text_and_lends_none_to_others() -> None:  # C2
    text = b"<xml><A>1</A><B>2<A>3</A>4<C><A>5</A></C>6</B><D>7</D></xml>"
    assert read_flat_xml(text) == {"A": "1", "B": "", "D": "7"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "not XML"),
        (b"<xml><A>1</A>", "not XML"),
        (b"<xml><A>\xff</A></xml>", "not XML"),
        (b"<xml><A>&unknown;</A></xml>", "not XML"),
        (b"<other><A>1</A></other>", "list of texts"),
        (b"<xml><A><B>1</A></B></xml>", "not XML"),
        (b"<xml><A><B>1</B></A><A>2</A></xml>", "twice"),
        (b"<xml><A>1</A><A>2</A></xml>", "twice"),
        (b"<xml>" + b"".join(b"<a%d/>" % number for number in range(65)) + b"</xml>", "too many"),
        (b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><A>&a;</A></xml>', "document type"),
        (b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml/>', "document type"),
        (b'<!DOCTYPE xml [<!ENTITY a SYSTEM "http://127.0.0.1/">]><xml><A>&a;</A></xml>', "document type"),
        (b"<!DOCTYPE xml><xml/>", "document type"),
    ],
)
def test_what_has_another_form_is_refused(text: bytes, says: str) -> None:  # C2
    with pytest.raises(ValueError, match=says):
        read_flat_xml(text)

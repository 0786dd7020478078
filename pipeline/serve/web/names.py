"""What the places of a record are called, in the language of the visit."""

from __future__ import annotations

from pipeline.serve.web.site import Visit


def name_of(visit: Visit, path: str) -> str:
    """A field, an item of a list, a word of a page or the whole document, by its path.

    Fields as ``signer.name``, items as ``targets.0`` or ``citations/1/number``, words as
    ``pages/2/14/3``, the document as nothing; what has no name is called as it is.
    """
    if not path:
        return visit.say("terms.whole")
    field = "terms.field." + path
    if visit.site.catalogue.has(field):
        return visit.say(field)
    first, *rest = path.replace("/", ".").split(".")
    if first == "pages" and rest:
        return visit.say("terms.word_of_page", page=rest[0])
    item = "terms.item." + first
    if rest and rest[0].isdecimal() and visit.site.catalogue.has(item):
        return f"{visit.say(item)} {int(rest[0]) + 1}"
    return path

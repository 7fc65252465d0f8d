"""The peer of a cold `soap-contracts check FILE`: import lxml, load the schema, validate. `bare.py SCHEMA FILE`."""

import sys

from lxml import etree

with open(sys.argv[2], "rb") as file:  # noqa: PTH123 - pathlib would make the peer slower than it need be
    data = file.read()
body = data[data.index(b"<") :]
sys.exit(not etree.XMLSchema(file=sys.argv[1]).validate(etree.fromstring(body)))

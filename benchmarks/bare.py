"""The peer of a cold `soap-contracts check FILE`: import lxml, load the schema, validate. `bare.py SCHEMA FILE`."""

import sys

from lxml import etree

with open(sys.argv[2], "rb") as file:
    data = file.read()
body = data[data.index(b"<") :]
sys.exit(not etree.XMLSchema(file=sys.argv[1]).validate(etree.fromstring(body)))

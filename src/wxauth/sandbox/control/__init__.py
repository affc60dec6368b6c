"""THE SANDBOX BY HTTP. Routes as a table over `Worlds`; the published document, the client and the command follow it.

values.py        what goes over the wire, in both directions
route.py         what a route is, and what is refused
status.py people.py accounts.py clock.py journal.py    the routes, by what they are about
table.py         all of them
openapi.py       the table as a published document
guard.py asgi.py who may ask, and the skin
client.py        the typed client
"""

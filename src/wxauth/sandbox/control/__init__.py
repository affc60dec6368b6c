"""THE SANDBOX BY HTTP. Routes as a table over `Worlds`; the published document, the client and the command follow it.

values.py person_values.py code_values.py switch_values.py    what goes over the wire, in both directions
route.py         what a route is, and what is refused
status.py people.py accounts.py codes.py clock.py journal.py faults.py switches.py visits.py platforms.py snapshots.py
                 the routes, by what they are about
table.py         all of them
openapi.py       the table as a published document
guard.py reading.py asgi.py    who may ask, what was sent, and the skin
start.py         what tells one start of a sandbox from another
client.py        the typed client
"""

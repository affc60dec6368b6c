"""A LOCAL WECHAT. Imports nothing of the client side: one wrong belief must not make both agree.

world.py         a world, and all worlds by appid: plain objects, no HTTP
accounts.py people.py codes.py grants.py mini_programs.py scans.py clock.py journal.py bell.py switches.py
                 what a world is made of
fault.py faults.py presets.py    what goes wrong when it is told to
wechat/          what WeChat answers to the authorize link and the server calls
pages/           what a person sees
seed.py           a world from a file that people write
written.py document.py snapshot.py   a whole world as one document, and back
app.py serve.py  the same over ASGI, and on a socket
locator.py        where sandboxes run on this machine
authority.py origin.py           over https under WeChat's names, and what addresses in answers begin with
pytest_plugin.py wished_world.py fresh_world.py journal_text.py             a world for each test of a suite
"""

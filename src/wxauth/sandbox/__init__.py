"""A LOCAL WECHAT. Imports nothing of the client side: one wrong belief must not make both agree."""

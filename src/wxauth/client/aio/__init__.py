"""CLIENTS THAT AWAIT, one file a kind of account. Each has its twin under the same name in wxauth.client.sync."""

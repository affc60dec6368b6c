"""WHAT WECHAT ANSWERS. Plain functions over a world: a request in, an outcome out; no HTTP, no pages."""

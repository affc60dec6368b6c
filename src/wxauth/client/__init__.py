"""THE LIBRARY'S FACE. WeChat and AsyncWeChat are twins: one line a method, the flow does the work."""

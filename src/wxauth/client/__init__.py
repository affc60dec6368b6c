"""THE LIBRARY'S FACE. Each client and its Async twin: one line a method, the flow does the work."""

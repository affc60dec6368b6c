"""WHAT A SIGN-IN DOES. Coroutines that await only the effects of effects.py; drive.py performs them."""

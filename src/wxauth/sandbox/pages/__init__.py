"""WHAT A PERSON SEES. HTML without scripts, in Chinese and English, every page under the bar that says SANDBOX."""

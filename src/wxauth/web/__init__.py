"""IN YOUR APP. base.py answers the visits of a sign-in; one file per framework carries them in and out."""

"""MEASURED SIDE BY SIDE. Every number comes from the same run as what it is compared with; see README.md."""

"""The text itself: as it is read, cut into tokens and sentences, and the document that the grammar walks."""

"""The laws that nbannotate keeps."""

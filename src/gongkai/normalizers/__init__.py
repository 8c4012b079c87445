"""Normalizers name each row and column of a table and turn printed text into values."""

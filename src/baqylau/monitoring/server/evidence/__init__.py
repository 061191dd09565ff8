"""Evidence bundles: gathered from the record, written whole, judged again (`protocols/spec/evidence.md`)."""

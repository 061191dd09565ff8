-- Who is judged again asks for what stands of one person since an instant. Where a device talks of long ago each of its
-- words takes back what was found of the time since, and thousands that were taken back lay between.
CREATE INDEX finding_standing ON finding (person_id, at) WHERE superseded_at IS NULL;

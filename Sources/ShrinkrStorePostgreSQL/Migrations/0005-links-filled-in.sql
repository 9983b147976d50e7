-- kind: expand
-- transaction: no
--
-- Fills in what the step before has made room for.

CALL fill_in_links();
ANALYZE link_clicks;

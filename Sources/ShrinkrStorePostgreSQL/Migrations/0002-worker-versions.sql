-- kind: expand
--
-- Keeps the place of the step that is made elsewhere under this name.

SELECT 1;

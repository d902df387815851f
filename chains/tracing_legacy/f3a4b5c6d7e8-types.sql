-- revision: f3a4b5c6d7e8
-- revises: d1e2f3a4b5c6
-- Takes away two enumerations that nothing uses any more.

-- up

-- down

-- revision: a4b5c6d7e8f9
-- revises: f3a4b5c6d7e8
-- Lets the columns of a row's life be empty.

-- up

-- down

-- revision: ee0000000001
-- revises: ee0000000000
-- Marks a database that the enterprise edition can take further. Changes nothing.

-- up

-- down

-- revision: oss000000001
-- revises: oss000000000
-- Marks a database that both editions can take further. Changes nothing.

-- up

-- down

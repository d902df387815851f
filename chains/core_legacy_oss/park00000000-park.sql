-- revision: park00000000
-- revises: 4f5a6b7c8d9e
-- Where both editions meet. Changes nothing.

-- up

-- down

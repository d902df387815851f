-- revision: park00000000
-- revises: 5a6b7c8d9e0f
-- Where both editions meet. Changes nothing.

-- up

-- down

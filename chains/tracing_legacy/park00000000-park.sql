-- revision: park00000000
-- revises: a4b5c6d7e8f9
-- Where both editions meet. Changes nothing.

-- up

-- down

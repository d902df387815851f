-- revision: 5a6b7c8d9e0f
-- revises: 4e5f6a7b8c9d
-- Gives every table the same six columns of its rows' lives, and one policy to the foreign keys.

-- up
-- include: lifecycle

-- Meters belong to the organization, whatever becomes of its subscription.
-- decide: billing
-- hazards: NONE
SELECT pg_temp.keep_rows_and_what_hangs_on_them(
           '5a6b7c8d9e0f',
           'subscriptions',
           't.organization_id IN (SELECT d.organization_id FROM decided_billing d WHERE d.meter_id IS NULL)',
           'meters', 't.meter_id IN (SELECT d.meter_id FROM decided_billing d)');
-- locks: ACCESS EXCLUSIVE subscriptions
SELECT pg_temp.drop_foreign_keys('5a6b7c8d9e0f', 'meters', 'organization_id');
SELECT pg_temp.drop_foreign_keys('5a6b7c8d9e0f', 'subscriptions', 'organization_id');
DELETE FROM meters m USING decided_billing d WHERE m.meter_id = d.meter_id;
DELETE FROM subscriptions s USING decided_billing d WHERE d.meter_id IS NULL AND s.organization_id = d.organization_id;
SELECT pg_temp.add_constraint('5a6b7c8d9e0f', 'meters', 'meters_organization_id_fkey',
                              'FOREIGN KEY (organization_id) REFERENCES organizations ON DELETE CASCADE');
SELECT pg_temp.add_constraint('5a6b7c8d9e0f', 'subscriptions', 'subscriptions_organization_id_fkey',
                              'FOREIGN KEY (organization_id) REFERENCES organizations ON DELETE CASCADE');

-- down
-- include: archive
SELECT pg_temp.archive_undo('5a6b7c8d9e0f');

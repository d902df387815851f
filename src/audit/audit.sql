-- audit_say: says who acts, for the triggers that record changes; until the connection says otherwise
SELECT set_config('orgd.audit', $1::text, false);

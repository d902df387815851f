-- audit_say: sets the acting caller for the audit triggers, until the connection sets another one
SELECT set_config('orgd.audit', $1::text, false);

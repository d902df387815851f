-- The enumerations of the tracing database.

-- As in OpenTelemetry.
CREATE TYPE otelspankind AS ENUM (
    'SPAN_KIND_UNSPECIFIED',
    'SPAN_KIND_INTERNAL',
    'SPAN_KIND_SERVER',
    'SPAN_KIND_CLIENT',
    'SPAN_KIND_PRODUCER',
    'SPAN_KIND_CONSUMER'
);
CREATE TYPE otelstatuscode AS ENUM (
    'STATUS_CODE_UNSET',
    'STATUS_CODE_OK',
    'STATUS_CODE_ERROR'
);

CREATE TYPE tracetype AS ENUM ('INVOCATION', 'ANNOTATION', 'UNKNOWN');
CREATE TYPE spantype AS ENUM (
    'AGENT',
    'CHAIN',
    'WORKFLOW',
    'TASK',
    'TOOL',
    'EMBEDDING',
    'QUERY',
    'LLM',
    'COMPLETION',
    'CHAT',
    'RERANK',
    'UNKNOWN'
);

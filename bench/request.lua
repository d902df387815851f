-- What wrk sends: one method, path and body, with the keys of several people in turn.
--
-- Arguments: method, path, body or "-", then the API keys, or credentials with their scheme; without keys no one is named. Where the
-- body holds {key}, the keys go there and not into a header.

local requests, turn = {}, 0

function init(args)
    local method, path, body = args[1], args[2], args[3]
    if body == "-" then body = nil end
    local headers = {["Host"] = "bench"}
    if body then headers["Content-Type"] = "application/json" end
    if #args < 4 then requests[1] = wrk.format(method, path, headers, body) end
    for i = 4, #args do
        local own = body
        if body and body:find("{key}", 1, true) then
            own = body:gsub("{key}", args[i])
        else
            headers["Authorization"] = args[i]:find(" ", 1, true) and args[i] or "ApiKey " .. args[i]
        end
        requests[#requests + 1] = wrk.format(method, path, headers, own)
    end
end

function request()
    turn = turn % #requests + 1
    return requests[turn]
end

function done(summary, latency, _)
    local lost = summary.errors
    io.write(string.format(
        'RESULT {"rate": %.1f, "p50": %.3f, "p99": %.3f, "max": %.3f, "refused": %d, "lost": %d}\n',
        summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
        latency.max / 1000, lost.status, lost.connect + lost.read + lost.write + lost.timeout))
end

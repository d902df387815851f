-- What wrk sends as a stranger: a listing, with another API key that there is not in each request.
function request()
    local key = string.format("%08x.%032x%032x", math.random(0, 2 ^ 31), math.random(0, 2 ^ 53), math.random(0, 2 ^ 53))

    return wrk.format("GET", "/organizations/", {["Host"] = "bench", ["Authorization"] = "ApiKey " .. key})
end

function init(_)
    math.randomseed(os.time() * 1000 + tonumber(tostring({}):sub(8), 16) % 1000)
end

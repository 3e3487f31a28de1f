-- Counts requests for limit/redis: a batch of them, each under a key of its own.
--
-- KEYS: one a request. ARGV: six a request
--   verb       take or give_back
--   max        requests in any window
--   window_ms
--   quantum_ms moments are this far apart, at least
--   keep_ms    how long a key is kept after a request was admitted
--   now_ms     or '': by this server's clock, the same for all who ask
-- Answers with three numbers a request: admitted (1 or 0), left, more_in_ms.
--
-- A key is a list: how many requests count, then for each moment, oldest first, when it
-- was and how many came in it. So what has left the window is cut off at its front, and
-- the newest is at its end. A refused request writes nothing.

local call, floor, min = redis.call, math.floor, math.min
local SOME = 40 -- moments are looked at by twenty

local time = call('TIME')
local server_ms = time[1] * 1000 + floor(time[2] / 1000)

-- Cut off what has left the window at its front; total: how many counted before.
local function cut(key, total, leaves_by)
  local gone = 0
  while true do
    local some = call('LRANGE', key, 1 + 2 * gone, SOME + 2 * gone)
    for i = 1, #some, 2 do
      if tonumber(some[i]) > leaves_by then
        call('LTRIM', key, 2 * gone, -1)
        call('LSET', key, 0, total)
        return total, tonumber(some[i])
      end
      total = total - some[i + 1]
      gone = gone + 1
    end
    if #some < SOME then
      call('DEL', key)
      return 0, 0
    end
  end
end

-- How many count now, and when the oldest came.
local function counting(key, window, quantum, now)
  local head = call('LRANGE', key, 0, 1)
  if #head < 2 then return 0, 0 end
  local total, first = tonumber(head[1]), tonumber(head[2])
  if first > now + window + quantum then -- the clock was put back
    call('DEL', key)
    return 0, 0
  end
  if first + window > now then return total, first end
  return cut(key, total, now - window)
end

-- Count one more; when the oldest came.
local function count(key, total, first, quantum, keep, now)
  local at = math.ceil(now / quantum) * quantum
  if total == 0 then
    call('RPUSH', key, 1, at, 1)
    first = at
  else
    local last = call('LRANGE', key, -2, -1)
    if at <= tonumber(last[1]) then -- the log stays in order
      call('LSET', key, -1, last[2] + 1)
    else
      call('RPUSH', key, at, 1)
    end
    call('LSET', key, 0, total + 1)
  end
  call('PEXPIRE', key, keep)
  return first
end

local function give_back(key, total)
  if total == 0 then return end
  local n = call('LINDEX', key, -1) - 1
  if total == 1 then
    call('DEL', key)
    return
  elseif n > 0 then
    call('LSET', key, -1, n)
  else
    call('RPOP', key, 2)
  end
  call('LSET', key, 0, total - 1)
end

local answers = {}
for i, key in ipairs(KEYS) do
  local at = 6 * (i - 1)
  local max, window, quantum = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local keep, now = ARGV[at + 5], tonumber(ARGV[at + 6]) or server_ms
  local total, first = counting(key, window, quantum, now)
  local admitted = 0
  if ARGV[at + 1] == 'give_back' then
    give_back(key, total)
  elseif total < max then
    admitted = 1
    first = count(key, total, first, quantum, keep, now)
    total = total + 1
  end
  answers[3 * i - 2] = admitted
  answers[3 * i - 1] = max - total
  answers[3 * i] = min(first + window - now, window + quantum - 1)
end
return answers

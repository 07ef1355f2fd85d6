"""Redis scripts: what a log in Redis does at once, in Lua: each runs whole, and nothing between."""

from typing import Final

FIELDS: Final = ("p", "t", "w", "s", "k", "d", "r")
"""Of an entry in the stream: producer, type, time, subject, key, data, received. All entries have
the same, so that Redis need not keep the names. Where subject and key may be None, "=" precedes
what they are."""

INDEXED: Final = 2_500
"""Of each producer, and of each of its subjects, so many newest entries are found at once."""

# Every script begins with it: KEYS[1] is what the names of all keys begin with. ARGV: epoch to be
# given if need be, epoch and seq of the newest entry that this process knows, epoch renounced.
_HEAD: Final = """
local P, LOG, HEAD = KEYS[1], KEYS[1] .. 'log', KEYS[1] .. 'head'
local function int(x) return string.format('%.0f', x) end
local function server() return string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') end
local h = redis.call('HMGET', HEAD, 'epoch', 'seq', 'received', 'boot', 'booted', 'run')
local epoch, seq, run = h[1] or '', tonumber(h[2] or 0), server()
local head_received, head_boot, head_booted = tonumber(h[3] or 0), h[4] or '', tonumber(h[5] or 0)
if epoch ~= '' and h[6] ~= run then return {'server', h[6] or '', run} end
if epoch == '' or epoch == ARGV[4] or (epoch == ARGV[2] and seq < tonumber(ARGV[3])) then
  epoch = ARGV[1]
  redis.call('HSET', HEAD, 'epoch', epoch, 'seq', int(seq), 'received', int(head_received),
    'boot', head_boot, 'booted', int(head_booted), 'run', run)
end
"""

ADOPT: Final = """
local HEAD = KEYS[1] .. 'head'
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
if run == ARGV[1] and redis.call('HGET', HEAD, 'run') ~= run then
  redis.call('HSET', HEAD, 'run', run)
  if ARGV[2] ~= '' then redis.call('HSET', HEAD, 'epoch', ARGV[2]) end
end
return {'ok'}
"""
"""Go on with another server than before: ARGV its run id, and the epoch it gets; "": the same."""

READ_HEAD: Final = (
    _HEAD
    + """
local first = redis.call('XRANGE', LOG, '-', '+', 'COUNT', 1)
local oldest = first[1] and string.match(first[1][1], '%d+$') or int(seq + 1)
if ARGV[5] ~= '' then redis.call('HSET', HEAD, 'probed', ARGV[5]) end
return {'ok', epoch, int(seq), int(head_received), head_boot, int(head_booted), oldest,
  redis.call('LRANGE', P .. 'leaps', 0, -1)}
"""
)
"""Return the head, the oldest seq and the leaps. ARGV[5]: when it is tried to write, or ""."""

# ARGV[5..9]: now, boot, booted, entries kept (""), count of appends. Then of each append: fence's
# lease ("") and number, count of units; of each unit: name (""), digest, count of events; then 6
# texts of each event. Answers: 'ok' and the first seq of each unit, negative where it was there.
APPEND: Final = (
    _HEAD
    + """
local now, boot, booted, kept = tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7]), ARGV[8]
local LEAD, SKEW, DAY, SLEWED = 2000000, 3600000000, 86400000000, 100000
local received = head_received
if received < now or received > now + LEAD then received = now end
received = int(received)
local at = 9
local function take() at = at + 1; return ARGV[at] end
local first_of_all, answers, pushes, spoken = seq + 1, {}, {}, {}
local function push(key, id)
  local ids = pushes[key]
  if not ids then ids = {}; pushes[key] = ids end
  ids[#ids + 1] = id
end
for a = 1, tonumber(ARGV[9]) do
  local lease, number, count = take(), take(), tonumber(take())
  local units, events, fresh, answer, total = {}, {}, {}, {'ok'}, 0
  for u = 1, count do
    local unit = {take(), take(), tonumber(take())}
    units[u] = unit
    total = total + unit[3]
  end
  local texts = at
  at = at + 6 * total
  if lease ~= '' then
    local row = redis.call('HGET', P .. 'leases', lease)
    if not row or string.match(row, '^%d+') ~= number then answer = {'lost'} end
  end
  local next_seq, mine, event = seq + 1, {}, 0
  if answer[1] == 'ok' then
    for u, unit in ipairs(units) do
      local known = unit[1] ~= '' and (mine[unit[1]] or redis.call('HGET', P .. 'keys', unit[1]))
      if known then
        local digest, first, size = string.match(known, '^(%x*):(%d+):(%d+)')
        if digest ~= unit[2] or tonumber(size) ~= unit[3] then
          answer = {'conflict', u}
          break
        end
        answer[u + 1] = '-' .. first
      else
        answer[u + 1] = int(next_seq)
        if unit[1] ~= '' then
          mine[unit[1]] = unit[2] .. ':' .. int(next_seq) .. ':' .. unit[3] .. ':' .. received
        end
        for e = 1, unit[3] do fresh[#fresh + 1] = texts + 6 * (event + e - 1) end
        next_seq = next_seq + unit[3]
      end
      event = event + unit[3]
    end
  end
  if answer[1] == 'ok' then
    for _, i in ipairs(fresh) do
      seq = seq + 1
      local id, producer, subject = int(seq), ARGV[i + 1], ARGV[i + 4]
      if kept ~= '' then
        redis.call('XADD', LOG, 'MAXLEN', '~', kept, '0-' .. id, 'p', producer, 't', ARGV[i + 2],
          'w', ARGV[i + 3], 's', subject, 'k', ARGV[i + 5], 'd', ARGV[i + 6], 'r', received)
      else
        redis.call('XADD', LOG, '0-' .. id, 'p', producer, 't', ARGV[i + 2],
          'w', ARGV[i + 3], 's', subject, 'k', ARGV[i + 5], 'd', ARGV[i + 6], 'r', received)
      end
      subject = string.sub(subject, 2)
      push(P .. 'of\\0' .. producer, id)
      push(P .. 'about\\0' .. producer .. '\\0' .. subject, id)
      local of = spoken[producer]
      if not of then of = {}; spoken[producer] = of end
      of[subject] = id
    end
    for name, receipt in pairs(mine) do
      redis.call('HSET', P .. 'keys', name, receipt)
      redis.call('ZADD', P .. 'keyed', string.match(receipt, ':(%d+):'), name)
    end
  end
  answers[a] = answer
end
for key, ids in pairs(pushes) do
  for from = 1, #ids, 1000 do
    redis.call('RPUSH', key, unpack(ids, from, math.min(from + 999, #ids)))
  end
  redis.call('LTRIM', key, -INDEXED, -1)
end
for producer, of in pairs(spoken) do
  redis.call('SADD', P .. 'producers', producer)
  for subject, id in pairs(of) do
    redis.call('ZADD', P .. 'spoken\\0' .. producer, id, subject)
  end
end
if head_boot ~= boot or math.abs(head_booted - booted) > SLEWED then
  local by, stopped = 0, 0
  if head_boot == boot then
    by = booted - head_booted
    if math.abs(by) <= LEAD then by = 0 end
  elseif head_boot ~= '' and first_of_all > 1 then
    local passed = now - head_received
    if passed < -SKEW then by = passed end
    if passed > DAY then stopped = passed end
  end
  if by ~= 0 or stopped ~= 0 then
    redis.call('RPUSH', P .. 'leaps', table.concat(
      {int(first_of_all), int(by), int(stopped), int(now)}, ':'))
  end
end
redis.call('HSET', HEAD, 'seq', int(seq), 'received', received, 'boot', boot, 'booted', int(booted))
return {'ok', epoch, int(seq), received, answers}
""".replace("INDEXED", str(INDEXED))
)

LATEST: Final = """
local ids = redis.call('LRANGE', KEYS[2], -tonumber(ARGV[1]), -1)
local found, size = {}, 0
for i = #ids, 1, -1 do
  local entry = redis.call('XRANGE', KEYS[1] .. 'log', '0-' .. ids[i], '0-' .. ids[i])[1]
  if not entry then break end
  found[#found + 1] = entry
  size = size + string.len(entry[2][12])
  if size > tonumber(ARGV[2]) then break end
end
return found
"""
"""Return the newest ARGV[1] entries of an index, newest first; fewer beyond ARGV[2] bytes."""

SPOKEN: Final = """
local found = {}
local spoken = redis.call('ZREVRANGEBYSCORE', KEYS[1] .. 'spoken\\0' .. ARGV[1], '+inf',
  '(' .. ARGV[2], 'WITHSCORES', 'LIMIT', 0, ARGV[3])
for i = 1, #spoken, 2 do
  local id = '0-' .. string.format('%.0f', tonumber(spoken[i + 1]))
  local entry = redis.call('XRANGE', KEYS[1] .. 'log', id, id)[1]
  if entry then
    found[#found + 1] = spoken[i]
    found[#found + 1] = entry[2][14]
  end
end
return found
"""
"""Return subjects of producer ARGV[1] after seq ARGV[2], up to ARGV[3], each with its time."""

TRIM: Final = """
local gone = redis.call('XTRIM', KEYS[1] .. 'log', 'MINID', '0-' .. ARGV[1])
for _, producer in ipairs(redis.call('SMEMBERS', KEYS[1] .. 'producers')) do
  local spoken = KEYS[1] .. 'spoken\\0' .. producer
  for _, subject in ipairs(redis.call('ZRANGEBYSCORE', spoken, '-inf', '(' .. ARGV[1],
      'LIMIT', 0, 1000)) do
    redis.call('DEL', KEYS[1] .. 'about\\0' .. producer .. '\\0' .. subject)
    redis.call('ZREM', spoken, subject)
  end
  if redis.call('EXISTS', spoken) == 0 then
    redis.call('DEL', KEYS[1] .. 'of\\0' .. producer)
    redis.call('SREM', KEYS[1] .. 'producers', producer)
  end
end
return gone
"""
"""Forget the entries before seq ARGV[1], and what is found by them alone."""

FORGET_KEYS: Final = """
for i = 1, #ARGV, 2 do
  if tonumber(redis.call('ZSCORE', KEYS[1] .. 'keyed', ARGV[i]) or -1) == tonumber(ARGV[i + 1]) then
    redis.call('ZREM', KEYS[1] .. 'keyed', ARGV[i])
    redis.call('HDEL', KEYS[1] .. 'keys', ARGV[i])
  end
end
return #ARGV / 2
"""

# ARGV: holder, what follows a number in its rows, then names, each with the row that was seen ("").
TAKE: Final = """
local taken, leases = {}, KEYS[1] .. 'leases'
for i = 3, #ARGV, 2 do
  local row = redis.call('HGET', leases, ARGV[i]) or ''
  local number, holder = string.match(row, '^(%d+)\\n([^\\n]*)')
  if row == '' or row == ARGV[i + 1] or holder == ARGV[1] then
    number = string.format('%.0f', (number or 0) + (holder == ARGV[1] and 0 or 1))
    redis.call('HSET', leases, ARGV[i], number .. '\\n' .. ARGV[2])
    taken[#taken + 1] = ARGV[i]
    taken[#taken + 1] = number
  end
end
return taken
"""

GIVE_UP: Final = """
local leases = KEYS[1] .. 'leases'
for i = 1, #ARGV, 2 do
  local row = redis.call('HGET', leases, ARGV[i]) or ''
  if string.match(row, '^%d+') == ARGV[i + 1] then
    redis.call('HSET', leases, ARGV[i], string.format('%.0f', ARGV[i + 1] + 1) .. '\\n\\n\\n0\\n0')
  end
end
return 0
"""

-- A number from 0 to n - 1 that follows from a key, a salt and the seed.
create macro draw(key, salt, n) as
    cast(hash(key, salt, seed()) % cast(n as ubigint) as bigint);

-- Whole cents as money.
create macro money(cents) as
    cast(cents as decimal(15, 0)) * 0.01;

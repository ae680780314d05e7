-- Days that are not what their weekday says: public holidays, and Sundays that are worked.
CREATE TABLE calendar_day (
    day date PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('workday', 'restday')),
    name text NOT NULL
);

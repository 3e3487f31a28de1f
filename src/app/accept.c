#include "app/accept.h"

enum said { NOTHING, TAKEN, REFUSED };

/* ";q=0", also with a fraction of zeros, among the parameters. */
static bool is_refused(struct str parameters)
{
    while (parameters.len > 0) {
        struct str name, value;
        bool zero;

        parameters = str_cut(parameters, ';', &value);
        value = str_trim(str_cut(value, '=', &name));
        if (!str_eq_nocase(str_trim(name), STR("q")))
            continue;
        zero = value.len > 0;
        for (size_t i = 0; i < value.len; i++)
            zero = zero && (value.at[i] == '0' || value.at[i] == '.');
        return zero;
    }
    return false;
}

static enum said said_of(struct str list, struct str name)
{
    while (list.len > 0) {
        struct str item, said, parameters;

        list = str_cut(list, ',', &item);
        parameters = str_cut(item, ';', &said);
        if (str_eq_nocase(str_trim(said), name))
            return is_refused(parameters) ? REFUSED : TAKEN;
    }
    return NOTHING;
}

bool accepts_named(struct str list, struct str name)
{
    return said_of(list, name) == TAKEN;
}

bool accepts_coding(struct str list, struct str coding)
{
    enum said said = said_of(list, coding);

    if (said == NOTHING)
        said = said_of(list, STR("*"));
    return said == TAKEN;
}

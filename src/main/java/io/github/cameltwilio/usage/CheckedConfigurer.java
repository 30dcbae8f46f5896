package io.github.cameltwilio.usage;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;

import org.apache.camel.CamelContext;
import org.apache.camel.spi.GeneratedPropertyConfigurer;
import org.apache.camel.spi.PropertyConfigurer;
import org.apache.camel.spi.PropertyConfigurerGetter;

/**
 * Checks texts before Camel converts them, because its converters turn a malformed duration into zero, and their errors
 * do not list an enum's values.
 *
 * @param generated sets the options; it is a {@link PropertyConfigurerGetter} too
 */
record CheckedConfigurer(PropertyConfigurer generated)
        implements
            GeneratedPropertyConfigurer,
            PropertyConfigurerGetter {

    private static final Set<String> DAYS = Set.of("lookback", "deeplookback");
    // Camel declares these durations as long.
    private static final Set<String> DELAYS = Set.of("delay", "initialDelay");

    @Override
    public boolean configure(CamelContext context, Object target, String name, Object value, boolean ignoreCase) {
        return generated.configure(context, target, name, checked(new OptionValue(name, value)), ignoreCase);
    }

    /** Returns an enum for its text, and any other value as it is. */
    Object checked(OptionValue option) {
        if (!(option.value() instanceof String text) || text.startsWith("#")) {
            return option.value();
        }
        Class<?> type = getOptionType(option.name(), true);
        if (type != null && type.isEnum()) {
            return option.asOneOf(type);
        }
        if (DAYS.contains(option.name().toLowerCase(Locale.ROOT))) {
            option.asDays();
        } else if (type == Duration.class || DELAYS.contains(option.name())) {
            option.asDuration();
        }
        return option.value();
    }

    @Override
    public Class<?> getOptionType(String name, boolean ignoreCase) {
        return getter().getOptionType(name, ignoreCase);
    }

    @Override
    public String[] getAutowiredNames() {
        return getter().getAutowiredNames();
    }

    @Override
    public Object getCollectionValueType(Object target, String name, boolean ignoreCase) {
        return getter().getCollectionValueType(target, name, ignoreCase);
    }

    @Override
    public Object getOptionValue(Object target, String name, boolean ignoreCase) {
        return getter().getOptionValue(target, name, ignoreCase);
    }

    private PropertyConfigurerGetter getter() {
        return (PropertyConfigurerGetter) generated;
    }
}

package io.github.cameltwilio.usage.bench;

/**
 * How much is done for one figure.
 *
 * @param jvms          how many JVMs each contender has, one after the other
 * @param warmUpSeconds how long each reads everything again and again before it counts
 * @param turns         how often it is its turn then
 */
record Effort(int jvms, int warmUpSeconds, int turns) {
    /** Only to see whether it comes to an end. */
    static final Effort ONCE = new Effort(1, 0, 1);

    int readings() {
        return jvms * turns;
    }
}

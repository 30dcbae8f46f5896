package io.github.cameltwilio.usage.crash;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.UsageStateRepository;

/** A store whose writes fail for a while, before or after they are done. The defective variants misuse it. */
final class UnreliableStore implements InvocationHandler {
    private static final Set<String> READS = Set.of("position", "lastDelivered", "categories", "toString",
            "hashCode");

    private final UsageStateRepository store;
    private final Random random;
    private final Variant variant;
    private final Supplier<LocalDate> today;
    private final Supplier<LocalDate> dateOfGateway;
    private volatile boolean failing;
    private volatile boolean closed;

    UnreliableStore(UsageStateRepository store, Random random, Variant variant, Supplier<LocalDate> today,
                    Supplier<LocalDate> dateOfGateway) {
        this.store = store;
        this.random = random;
        this.variant = variant;
        this.today = today;
        this.dateOfGateway = dateOfGateway;
    }

    UsageStateRepository repository() {
        return (UsageStateRepository) Proxy.newProxyInstance(UsageStateRepository.class.getClassLoader(),
                new Class<?>[]{ UsageStateRepository.class }, this);
    }

    void setFailing(boolean failing) {
        this.failing = failing;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        String name = method.getName();
        if (name.equals("equals")) {
            return proxy == arguments[0];
        }
        try {
            return switch (variant) {
                case INTERRUPT_CLOSES_STATE -> openOrClosed(method, arguments);
                case FUTURE_WATERMARK_IS_KEPT -> withFutureWatermark(method, arguments);
                default -> readOrWrite(method, arguments);
            };
        } catch (RuntimeException e) {
            if (variant == Variant.FAILED_WRITE_IS_DUE_AGAIN && name.equals("delivered")) {
                return null;
            }
            throw e;
        }
    }

    private Object readOrWrite(Method method, Object[] arguments) throws Throwable {
        boolean fails = failing && isWrite(method.getName()) && random.nextInt(4) > 0;
        if (fails && random.nextBoolean()) {
            throw new IllegalStateException("The store failed before it wrote");
        }
        Object result = invoke(method, arguments);
        if (fails) {
            throw new IllegalStateException("The store failed after it wrote");
        }
        return result;
    }

    private boolean isWrite(String name) {
        // Otherwise this variant could do no harm, because it cannot deliver unless other writes succeed.
        return variant == Variant.FAILED_WRITE_IS_DUE_AGAIN ? name.equals("delivered") : !READS.contains(name);
    }

    private Object openOrClosed(Method method, Object[] arguments) throws Throwable {
        if (isWrite(method.getName())) {
            closed |= Thread.currentThread().isInterrupted();
            if (closed) {
                throw new IllegalStateException("An interrupt closed the store");
            }
        }
        return invoke(method, arguments);
    }

    private Object withFutureWatermark(Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "advance" -> arguments[1] = ((Position) arguments[1]).advancedTo(dateOfGateway.get());
            case "rewind" -> {
                return null;
            }
            default -> {
            }
        }
        Object result = invoke(method, arguments);
        return result instanceof Optional<?> found && found.isPresent() ? Optional.of(past((Position) found.get()))
                : result;
    }

    /** Hides that a position is in the future, as from a consumer that does not check its position. */
    private Position past(Position position) {
        LocalDate now = today.get();
        return new Position(position.firstDay(), position.watermark().isAfter(now) ? now : position.watermark());
    }

    private Object invoke(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(store, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}

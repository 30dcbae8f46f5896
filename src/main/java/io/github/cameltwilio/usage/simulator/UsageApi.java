package io.github.cameltwilio.usage.simulator;

import java.time.Clock;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The API without HTTP: turns a request into the regular response. */
final class UsageApi {

    private static final Pattern ACCOUNTS = Pattern.compile("/2010-04-01/Accounts(\\.json)?");
    private static final Pattern RECORDS = Pattern
            .compile("/2010-04-01/Accounts/(?<account>[^/]+)/Usage/Records(?<list>/[A-Za-z]+)?(\\.json)?");
    private static final Pattern TRIGGERS = Pattern
            .compile("/2010-04-01/Accounts/(?<account>[^/]+)/Usage/Triggers(/(?<sid>[^/.]+))?(\\.json)?");

    private final long seed;
    private final Clock clock;
    private final SimulatedCredentials credentials;
    private final AccessTokens accessTokens;
    private final SimulatedAccounts accounts;
    private final UsageTriggers triggers;

    UsageApi(long seed, Clock clock, SimulatedCredentials credentials, AccessTokens accessTokens,
             SimulatedAccounts accounts,
             UsageTriggers triggers) {
        this.seed = seed;
        this.clock = clock;
        this.credentials = credentials;
        this.accessTokens = accessTokens;
        this.accounts = accounts;
        this.triggers = triggers;
    }

    SimulatedResponse respond(ReceivedRequest request) {
        if (request.path().equals(AccessTokens.PATH)) {
            return accessTokens.respond(request);
        }
        SimulatedResponse response;
        try {
            response = route(request);
        } catch (ApiError error) {
            response = error.response();
        }
        return request.path().endsWith(".json") ? response : XmlFormat.of(response);
    }

    private SimulatedResponse route(ReceivedRequest request) {
        String authorization = request.headers().get("authorization");
        if (!credentials.accepts(authorization) && !accessTokens.accepts(authorization)) {
            throw ApiError.unauthorized();
        }
        if (ACCOUNTS.matcher(request.path()).matches() && request.method().equals("GET")) {
            return SimulatedResponse.json(200, accounts.page(Paging.of(request, seed)));
        }
        Matcher records = RECORDS.matcher(request.path());
        if (records.matches()) {
            return records(request, records);
        }
        Matcher triggers = TRIGGERS.matcher(request.path());
        if (isMainAccount(triggers)) {
            return triggers.group("sid") == null ? triggers(request) : trigger(request, triggers.group("sid"));
        }
        throw ApiError.notFound(request.path());
    }

    private boolean isMainAccount(Matcher path) {
        return path.matches() && path.group("account").equals(credentials.accountSid());
    }

    private SimulatedResponse records(ReceivedRequest request, Matcher path) {
        SimulatedAccount account = accounts.find(path.group("account")).orElseThrow(() -> notFound(request));
        boolean main = account == accounts.main();
        if (!main && !credentials.acceptsForSubaccounts(request.headers().get("authorization"))) {
            throw ApiError.unauthorized();
        }
        UsageList list = UsageList.at(path.group("list") == null ? "" : path.group("list"))
                .orElseThrow(() -> ApiError.notFound(request.path()));
        if (!request.method().equals("GET")) {
            throw ApiError.methodNotAllowed();
        }
        boolean includeSubaccounts = main && !"false".equals(request.parameters().get("IncludeSubaccounts"));
        UsageRecords records = new UsageRecords(account, includeSubaccounts ? accounts.subaccounts() : List.of());
        return SimulatedResponse.json(200, records.page(list, Paging.of(request, seed), clock.instant()));
    }

    private SimulatedResponse triggers(ReceivedRequest request) {
        return switch (request.method()) {
            case "GET" -> SimulatedResponse.json(200, triggers.page(Paging.of(request, seed), clock.instant()));
            case "POST" -> SimulatedResponse.json(201, triggers.create(request.form(), clock.instant()));
            default -> throw ApiError.methodNotAllowed();
        };
    }

    private SimulatedResponse trigger(ReceivedRequest request, String sid) {
        return switch (request.method()) {
            case "GET" ->
                SimulatedResponse.json(200, triggers.fetch(sid, clock.instant()).orElseThrow(() -> notFound(request)));
            case "POST" -> SimulatedResponse.json(200, triggers.update(sid, request.form(), clock.instant())
                    .orElseThrow(() -> notFound(request)));
            case "DELETE" -> {
                if (!triggers.delete(sid)) {
                    throw notFound(request);
                }
                yield SimulatedResponse.text(204, "application/json", "");
            }
            default -> throw ApiError.methodNotAllowed();
        };
    }

    private static ApiError notFound(ReceivedRequest request) {
        return ApiError.notFound(request.path());
    }
}

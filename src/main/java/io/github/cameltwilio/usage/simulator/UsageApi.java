package io.github.cameltwilio.usage.simulator;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Map<String, UsageTriggers> triggersByAccount;

    UsageApi(long seed, Clock clock, SimulatedCredentials credentials, AccessTokens accessTokens,
             SimulatedAccounts accounts,
             Map<String, UsageTriggers> triggersByAccount) {
        this.seed = seed;
        this.clock = clock;
        this.credentials = credentials;
        this.accessTokens = accessTokens;
        this.accounts = accounts;
        this.triggersByAccount = triggersByAccount;
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
        Matcher records = RECORDS.matcher(request.path());
        if (records.matches()) {
            return records(request, records, account(request, records));
        }
        Matcher triggers = TRIGGERS.matcher(request.path());
        if (triggers.matches()) {
            UsageTriggers ofAccount = triggersByAccount.get(account(request, triggers).sid());
            return triggers.group("sid") == null ? triggers(request, ofAccount)
                    : trigger(request, ofAccount, triggers.group("sid"));
        }
        authenticateMainAccount(request);
        if (ACCOUNTS.matcher(request.path()).matches() && request.method().equals("GET")) {
            return SimulatedResponse.json(200, accounts.page(Paging.of(request, seed)));
        }
        throw notFound(request);
    }

    /** The account of the path, if the request authenticates for it. */
    private SimulatedAccount account(ReceivedRequest request, Matcher path) {
        Optional<SimulatedAccount> account = accounts.find(path.group("account"));
        if (account.isEmpty() || account.get() == accounts.main()) {
            authenticateMainAccount(request);
            return account.orElseThrow(() -> notFound(request));
        }
        if (!credentials.acceptsForSubaccount(request.headers().get("authorization"), account.get().sid())) {
            throw ApiError.unauthorized();
        }
        return account.get();
    }

    private void authenticateMainAccount(ReceivedRequest request) {
        String authorization = request.headers().get("authorization");
        if (!credentials.accepts(authorization) && !accessTokens.accepts(authorization)) {
            throw ApiError.unauthorized();
        }
    }

    private SimulatedResponse records(ReceivedRequest request, Matcher path, SimulatedAccount account) {
        UsageList list = UsageList.at(path.group("list") == null ? "" : path.group("list"))
                .orElseThrow(() -> ApiError.notFound(request.path()));
        if (!request.method().equals("GET")) {
            throw ApiError.methodNotAllowed();
        }
        boolean includeSubaccounts = account == accounts.main()
                && !"false".equals(request.parameters().get("IncludeSubaccounts"));
        UsageRecords records = new UsageRecords(account, includeSubaccounts ? accounts.subaccounts() : List.of());
        return SimulatedResponse.json(200, records.page(list, Paging.of(request, seed), clock.instant()));
    }

    private SimulatedResponse triggers(ReceivedRequest request, UsageTriggers triggers) {
        return switch (request.method()) {
            case "GET" -> SimulatedResponse.json(200, triggers.page(Paging.of(request, seed), clock.instant()));
            case "POST" -> SimulatedResponse.json(201, triggers.create(request.form(), clock.instant()));
            default -> throw ApiError.methodNotAllowed();
        };
    }

    private SimulatedResponse trigger(ReceivedRequest request, UsageTriggers triggers, String sid) {
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

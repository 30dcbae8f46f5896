package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubernetes.client.common.KubernetesObject;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Role;
import io.kubernetes.client.openapi.models.V1RoleBinding;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import org.apache.camel.component.kubernetes.cluster.KubernetesClusterService;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PropertyBindingSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares the Kubernetes manifest with the schema of Kubernetes and with the project beside it. Nothing runs it. */
class KafkaFleetManifestTest {
    private static final Path PROJECT = Path.of("src/it/fleet");
    private static final Pattern ENVIRONMENT = Pattern.compile("\\{\\{env:(\\w+)[:}]");
    private static final Set<String> OPTIONAL = Set.of("TWILIO_BASE_URL", "USAGE_DELAY", "USAGE_OTHERS_AFTER",
            "USAGE_REQUESTS_IN_FLIGHT");
    private static final String CLUSTER = "camel.beans.cluster";

    private static final Map<String, Class<? extends KubernetesObject>> KINDS = Map.of("ServiceAccount",
            V1ServiceAccount.class, "Role", V1Role.class, "RoleBinding", V1RoleBinding.class, "ConfigMap",
            V1ConfigMap.class, "StatefulSet", V1StatefulSet.class);
    private static final Map<String, String> VERSIONS = Map.of("ServiceAccount", "v1", "Role",
            "rbac.authorization.k8s.io/v1", "RoleBinding", "rbac.authorization.k8s.io/v1", "ConfigMap", "v1",
            "StatefulSet", "apps/v1");

    private final List<JsonNode> documents = new ArrayList<>();

    @BeforeEach
    void loadManifest() throws IOException {
        new Load(LoadSettings.builder().build()).loadAllFromString(text("kubernetes.yaml"))
                .forEach(document -> documents.add(new ObjectMapper().valueToTree(document)));
    }

    /** Kubernetes' Java client is generated from the schema, and rejects unknown, missing and malformed fields. */
    @Test
    void everyObjectFitsTheSchemaOfKubernetes() {
        assertThat(documents).hasSameSizeAs(KINDS.keySet()).allSatisfy(object -> {
            String kind = object.at("/kind").asText();
            KubernetesObject parsed = JSON.getGson().fromJson(object.toString(), KINDS.get(kind));
            assertThat(parsed.getApiVersion()).isEqualTo(VERSIONS.get(kind));
            assertThat(parsed.getMetadata().getName()).isEqualTo("usage");
        });
    }

    @Test
    void theClusterServiceHasItsOptions() throws IOException {
        KubernetesClusterService cluster = new KubernetesClusterService();
        Map<String, Object> options = new HashMap<>();
        properties(options()).forEach((name, value) -> {
            if (name.toString().startsWith(CLUSTER + ".")) {
                options.put(name.toString().substring(CLUSTER.length() + 1), value);
            }
        });
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            PropertyBindingSupport.build().withCamelContext(context).withTarget(cluster).withProperties(options)
                    .withRemoveParameters(true).bind();
        }
        assertThat(options).as("unknown options").isEmpty();
        assertThat(cluster.getClusterLabels()).isEqualTo(Map.of("app", "usage"));
        assertThat(properties(options()).getProperty(CLUSTER)).isEqualTo("#class:" + cluster.getClass().getName());
    }

    @Test
    void thePodsMayUseLeasesAndSeeEachOther() {
        JsonNode binding = object("RoleBinding");
        assertThat(binding.at("/roleRef/name")).isEqualTo(object("Role").at("/metadata/name"));
        assertThat(binding.at("/roleRef/kind").asText()).isEqualTo("Role");
        assertThat(binding.at("/subjects/0/name")).isEqualTo(object("ServiceAccount").at("/metadata/name"));
        assertThat(object("StatefulSet").at("/spec/template/spec/serviceAccountName"))
                .isEqualTo(binding.at("/subjects/0/name"));
        JsonNode leases = object("Role").at("/rules/0");
        assertThat(leases.at("/apiGroups/0").asText()).isEqualTo("coordination.k8s.io");
        assertThat(leases.at("/resources/0").asText()).isEqualTo("leases");
        assertThat(texts(leases.at("/verbs"))).contains("get", "create", "update", "delete");
        assertThat(object("Role").at("/rules/1/resources/0").asText()).isEqualTo("pods");
    }

    @Test
    void theLabelsOfThePodsMatch() throws IOException {
        JsonNode pods = object("StatefulSet").at("/spec");
        assertThat(pods.at("/selector/matchLabels")).isEqualTo(pods.at("/template/metadata/labels"));
        assertThat(properties(options()).getProperty(CLUSTER + ".cluster-labels[app]"))
                .isEqualTo(pods.at("/template/metadata/labels/app").asText());
    }

    @Test
    void theOptionsAreThoseOfTheProjectExceptTheClusterService() throws IOException {
        assertThat(withoutCluster(options()))
                .isEqualTo(withoutCluster(text("src/main/resources/application.properties")));
    }

    @Test
    void thePodsHaveTheEnvironmentThatTheProgramReads() throws IOException {
        JsonNode pod = object("StatefulSet").at("/spec/template/spec");
        JsonNode container = pod.at("/containers/0");
        Set<String> names = new HashSet<>();
        container.at("/env").forEach(variable -> names.add(variable.at("/name").asText()));
        assertThat(container.at("/envFrom/0/secretRef/name").asText()).isEqualTo("usage");
        // The keys of the secret are in the comment above the objects.
        String comment = text("kubernetes.yaml").substring(0, text("kubernetes.yaml").indexOf("apiVersion"));

        String program = text("src/main/java/com/example/UsageToKafka.java") + options();
        assertThat(ENVIRONMENT.matcher(program).results()
                .map(found -> found.group(1)).filter(name -> !OPTIONAL.contains(name))).hasSizeGreaterThan(3)
                .allSatisfy(name -> assertThat(names.contains(name) || comment.contains(name)).as(name).isTrue());
        assertThat(container.at("/env/1/value").asText()).as("NODES")
                .isEqualTo(object("StatefulSet").at("/spec/replicas").asText());
        assertThat(pod.at("/volumes/0/configMap/name")).isEqualTo(object("ConfigMap").at("/metadata/name"));
        assertThat(pod.at("/volumes/0/name")).isEqualTo(container.at("/volumeMounts/0/name"));
        assertThat(texts(container.at("/command"))).contains("com.example.Fleet")
                .anySatisfy(path -> assertThat(path).startsWith(container.at("/volumeMounts/0/mountPath").asText()));
    }

    private JsonNode object(String kind) {
        return documents.stream().filter(object -> object.at("/kind").asText().equals(kind)).findFirst().orElseThrow();
    }

    private String options() {
        return object("ConfigMap").at("/data/application.properties").asText();
    }

    private static Properties withoutCluster(String options) throws IOException {
        Properties properties = properties(options);
        properties.keySet().removeIf(name -> name.toString().startsWith(CLUSTER));
        return properties;
    }

    private static Properties properties(String options) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(options));
        return properties;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static String text(String file) throws IOException {
        return Files.readString(PROJECT.resolve(file));
    }
}

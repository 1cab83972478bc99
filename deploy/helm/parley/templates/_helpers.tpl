{{- define "parley.labels" -}}
app.kubernetes.io/name: parley
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "parley.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "parley.env" -}}
- { name: PARLEY_HOST, value: 0.0.0.0 }
- { name: PARLEY_EMBEDDED, value: "0" }
- { name: LIVEKIT_URL, value: {{ required "Set livekit.url to your livekit-server, such as ws://livekit-server:80" .Values.livekit.url | quote }} }
{{- with .Values.livekit.publicUrl }}
- { name: LIVEKIT_PUBLIC_URL, value: {{ . | quote }} }
{{- end }}
{{- range $name, $value := .Values.settings }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{- define "parley.envFrom" -}}
- secretRef: { name: {{ required "Set existingSecret to a Secret with DATABASE_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET and AGENTS_API_KEY" .Values.existingSecret }} }
{{- end }}

{{- define "parley.container" -}}
image: {{ include "parley.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
envFrom:
  {{- include "parley.envFrom" . | nindent 2 }}
volumeMounts:
  - { name: data, mountPath: /data }
  - { name: tmp, mountPath: /tmp }
  {{- if .Values.agentsConfigMap }}
  - { name: agents, mountPath: /app/agents, readOnly: true }
  {{- end }}
{{- end }}

{{- define "parley.pod" -}}
automountServiceAccountToken: false
# A Service named parley would become a variable PARLEY_PORT, which is a setting.
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
volumes:
  - { name: data, emptyDir: {} }
  - { name: tmp, emptyDir: {} }
  {{- with .Values.agentsConfigMap }}
  - { name: agents, configMap: { name: {{ . }} } }
  {{- end }}
# Several pods may do it at once: one migrates, the others wait.
initContainers:
  - name: migrate
    args: [migrate]
    env:
      {{- include "parley.env" . | nindent 6 }}
    resources:
      requests: { cpu: 50m, memory: 128Mi }
      limits: { memory: 512Mi }
    {{- include "parley.container" . | nindent 4 }}
{{- end }}

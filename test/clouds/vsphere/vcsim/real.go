package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// tools are VMware Tools in every machine that is on: they tell its address, which outlives its being off.
type tools struct {
	network   string
	mutex     sync.Mutex
	addresses map[types.ManagedObjectReference]string
}

func newTools(network string) *tools {
	return &tools{network: network, addresses: map[types.ManagedObjectReference]string{}}
}

func (t *tools) Reference() types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "Tools", Value: "tools"}
}
func (t *tools) PutObject(mo.Reference)                    {}
func (t *tools) RemoveObject(types.ManagedObjectReference) {}
func (t *tools) UpdateObject(object mo.Reference, changes []types.PropertyChange) {
	vm, isMachine := object.(*mo.VirtualMachine)
	if !isMachine || vm.Config == nil || vm.Guest == nil {
		return
	}
	for _, change := range changes {
		if change.Name == "runtime.powerState" {
			t.tell(vm, vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn)
		}
	}
}

func (t *tools) tell(vm *mo.VirtualMachine, on bool) {
	running, address := types.VirtualMachineToolsRunningStatusGuestToolsNotRunning, ""
	if on && !without(vm, "test.no-tools") {
		running, address = types.VirtualMachineToolsRunningStatusGuestToolsRunning, t.address(vm.Self)
	}
	cards := []types.GuestNicInfo{}
	for _, device := range vm.Config.Hardware.Device {
		card, isCard := device.(types.BaseVirtualEthernetCard)
		if !isCard {
			continue
		}
		of := card.GetVirtualEthernetCard()
		told := types.GuestNicInfo{Connected: on, MacAddress: of.MacAddress, DeviceConfigId: of.Key}
		if address != "" && len(cards) == 0 {
			told.IpAddress = []string{"fe80::1", address}
		}
		cards = append(cards, told)
	}
	if address != "" { // the engine's own bridge
		cards = append([]types.GuestNicInfo{{IpAddress: []string{"172.17.0.1"}, DeviceConfigId: -1}}, cards...)
	}
	simulator.Map.Update(vm, []types.PropertyChange{
		{Name: "guest.net", Val: cards},
		{Name: "guest.ipAddress", Val: address},
		{Name: "guest.toolsRunningStatus", Val: string(running)},
	})
}

// without tells whether a machine's configuration has this key.
func without(vm *mo.VirtualMachine, key string) bool {
	for _, option := range vm.Config.ExtraConfig {
		if option.GetOptionValue().Key == key {
			return true
		}
	}
	return false
}

func (t *tools) address(vm types.ManagedObjectReference) string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.addresses[vm] == "" {
		t.addresses[vm] = fmt.Sprintf("%s.%d", t.network, len(t.addresses)+1)
	}
	return t.addresses[vm]
}

// realistic stands before the simulator.
type realistic struct {
	next           http.Handler
	user, password string
	// Clones of the same machine share its devices for a moment.
	clones sync.Mutex
	leases leases
	// Answers of deployments by their clients' tokens.
	deployments sync.Map
}

var (
	methodIn = regexp.MustCompile(`<soapenv:Body><(\w+)`)
	thisIn   = regexp.MustCompile(`<_this type="\w+">([^<]*)<`)
	folderIn = regexp.MustCompile(`<folder type="Folder">([^<]*)</folder><name>([^<]*)<`)
	notesIn  = regexp.MustCompile(`<config><annotation>([^<]*)<`)
)

func first(pattern *regexp.Regexp, body string) string {
	if found := pattern.FindStringSubmatch(body); found != nil {
		return html.UnescapeString(found[1])
	}
	return ""
}

func (r *realistic) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if strings.HasPrefix(request.URL.Path, "/rest/") {
		r.rest(w, request)
		return
	}
	if request.Method != http.MethodPost || request.URL.Path != "/sdk" {
		r.next.ServeHTTP(w, request)
		return
	}
	read, _ := io.ReadAll(request.Body)
	request.Body = io.NopCloser(bytes.NewReader(read))
	body := string(read)
	method := first(methodIn, body)
	if wrong := complaints(body); len(wrong) > 0 {
		text, _ := json.Marshal(wrong)
		w.Header().Set("Complaints", string(text))
	}
	defer func() {
		if failure := recover(); failure != nil {
			log.Printf("%s: the simulator failed: %v", method, failure)
			refuse(w, fmt.Sprint(failure), "SystemError", "<reason></reason>")
		}
	}()
	switch method {
	case "CloneVM_Task":
		r.clone(w, request, body)
	case "ImportVApp":
		r.importImage(w, request, body)
	case "HttpNfcLeaseProgress", "HttpNfcLeaseComplete", "HttpNfcLeaseAbort":
		r.leases.heard(method, first(thisIn, body), r.next, request)
		r.next.ServeHTTP(w, request)
	case "Destroy_Task":
		if r.leases.holds(first(thisIn, body), r.next, request) {
			refuse(w, "It is being imported.", "TaskInProgress", "<task type=\"Task\">task-0</task>")
			return
		}
		r.next.ServeHTTP(w, request)
	case "RebootGuest":
		answer(w, http.StatusOK, `<RebootGuestResponse xmlns="urn:vim25"></RebootGuestResponse>`)
	default:
		r.next.ServeHTTP(w, request)
	}
}

// clone refuses a name that is there already, leaves the original as it is, and gives the clone its notes.
func (r *realistic) clone(w http.ResponseWriter, request *http.Request, body string) {
	place := folderIn.FindStringSubmatch(body)
	if place == nil {
		refuse(w, "no folder", "InvalidArgument", "<invalidProperty>folder</invalidProperty>")
		return
	}
	folder, name := place[1], html.UnescapeString(place[2])
	r.clones.Lock()
	defer r.clones.Unlock()
	if there := named(folder, name); there != nil {
		refuse(w, "The name is taken.", "DuplicateName", "<name>"+html.EscapeString(name)+"</name><object type=\"VirtualMachine\">"+there.Self.Value+"</object>")
		return
	}
	restore := keep(first(thisIn, body))
	r.next.ServeHTTP(w, request)
	restore()
	if made := named(folder, name); made != nil {
		made.Config.Annotation = first(notesIn, body)
	}
}

func named(folder, name string) *simulator.VirtualMachine {
	for _, each := range simulator.Map.All("VirtualMachine") {
		vm := each.(*simulator.VirtualMachine)
		if vm.Name == name && vm.Parent != nil && vm.Parent.Value == folder {
			return vm
		}
	}
	return nil
}

// keep lets a machine's disks be what they were: the simulator hands the same ones to the clone.
func keep(id string) func() {
	vm, isThere := simulator.Map.Get(types.ManagedObjectReference{Type: "VirtualMachine", Value: id}).(*simulator.VirtualMachine)
	if !isThere {
		return func() {}
	}
	devices := vm.Config.Hardware.Device
	copies := make([]types.BaseVirtualDevice, len(devices))
	for i, device := range devices {
		copies[i] = device
		if disk, isDisk := device.(*types.VirtualDisk); isDisk {
			twin := *disk
			if backing, isFlat := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo); isFlat {
				own := *backing
				twin.Backing = &own
			}
			copies[i] = &twin
		}
		if card, isCard := device.(*types.VirtualE1000); isCard {
			twin := *card
			copies[i] = &twin
		}
	}
	return func() { vm.Config.Hardware.Device = copies }
}

const envelope = `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>%s</soapenv:Body></soapenv:Envelope>`

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, envelope, body)
}

func refuse(w http.ResponseWriter, text, kind, detail string) {
	answer(w, http.StatusInternalServerError, fmt.Sprintf(`<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>%s</faultstring><detail><%sFault xmlns="urn:vim25" xsi:type="%s">%s</%sFault></detail></soapenv:Fault>`, html.EscapeString(text), kind, kind, detail, kind))
}
